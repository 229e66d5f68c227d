"""Every printed figure of the three published documents against what the demonstration's reports show.

Belongs here: the printed figures (`published.csv`), reading a report back from its HTML (`reported`), the comparison
(`compare`) and the reasons for what differs (`reasons.csv`). Does not belong here: reading marts. What a reader cannot
see does not count.

`published.csv`: the figures of Alingsås kommun, vård- och omsorgsnämnden, årsbokslut 2024 (000) and genomlysning
2025-2026 (001), and of Helsingborgs stad, vård- och omsorgsnämnden, årsbokslut 2024 (003), one row per figure, with the
line of the text that it stands on.
"""
