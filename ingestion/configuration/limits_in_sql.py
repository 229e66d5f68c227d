"""The limits of disclosure where a municipality's configuration says nothing, as dbt's macro `minimum_n`.

Belongs here: that macro's text. Does not belong here: the limits themselves (`municipality.DisclosureLimits`), and what
follows from them (dbt's `int_own__guarded`).
"""

from __future__ import annotations

from ingestion.configuration.municipality import DisclosureLimits


def minimum_n_macro() -> str:
    """The text of `macros/disclosure/minimum_n.sql`: for municipalities that are only compared with, too."""
    cases = "\n".join(f"        when '{name}' then {minimum}" for name, minimum in DisclosureLimits())
    return f"""\
{{#-
    Made of DisclosureLimits in ingestion/configuration/municipality.py; do not edit (genomlysning generate).
    The fewest persons or answers that a figure of a disclosure class may rest on (DEFINITIONS 8), where the configuration of a municipality
    says nothing: so for municipalities that are only compared with. Null: the class has no limit.
-#}}
{{% macro minimum_n(disclosure_class) -%}}
    case {{{{ disclosure_class }}}}
{cases}
    end
{{%- endmacro %}}
"""
