"""The municipality's folder, judged as a whole: every reference resolves, and every mistake is told with file, line and
the right word.

Belongs here: reading its files with their lines, the register of rules, the rules. Does not belong here: any
municipality's values, and the schema of `municipality.yaml` (`ingestion.configuration.municipality`).
"""
