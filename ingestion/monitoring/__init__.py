"""What is in force, due, late, rejected or gone: read from the lake and the configuration, changed by nothing here."""
