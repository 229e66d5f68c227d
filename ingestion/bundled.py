"""Where the files lie that come with the code: the dbt project, the demonstration's municipalities, Dagster's settings.

Belongs here: the one place that knows both layouts. In a clone they lie beside the packages; the wheel puts them into
`genomlysning/bundled` (pyproject.toml), as an installation's folder of packages is no place for folders with other
names. Does not belong
here: where state lies (`orchestration.settings`), and files inside a package, which find themselves.
"""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
"""The folder that the packages lie in."""

_IN_A_WHEEL = PROJECT / "genomlysning" / "bundled"
IS_CLONE = not _IN_A_WHEEL.is_dir()
BUNDLED = PROJECT if IS_CLONE else _IN_A_WHEEL

DBT_PROJECT = BUNDLED / "dbt_project"
SEEDS = DBT_PROJECT / "seeds"
MUNICIPALITIES = BUNDLED / "municipalities"
"""The demonstration's."""
DAGSTER_SETTINGS = BUNDLED / "dagster_home" / "dagster.yaml"
WORKSPACE = BUNDLED / "workspace.yaml"
