"""Contract of the source region_report: the key figures that a region's joint reports give for each member
municipality.

Belongs here: the contract. Does not belong here: means over the members (dbt), rules across rows (expectations).
A report gives a municipality more than its own figure: what the others have, and sometimes a mean or a total of its
own. It also passes on results of national surveys that are told of municipalities and have no other way here.
"""

from ingestion.contracts import ANY_ROWS, MUNICIPALITY, Column, Holds, Kind, Table, Things

MEMBER, REGION_MEAN, NATION_MEAN, REGION_TOTAL, NATION_TOTAL = (
    "kommun",
    "regionmedel",
    "riksmedel",
    "region totalt",
    "riket totalt",
)

INDICATORS = (
    "kpv_cost_per_patient",
    "kpv_cost_per_inhabitant_80",
    "kpv_80_share",
    "kpv_patients",
    "kpv_nurses_specialist_share",
    "kpv_rehab_specialist_share",
    "kpv_satisfied_share",
    "kpv_very_satisfied_share",
    "kpv_fairly_satisfied_share",
    "percci_score",
    "percci_s_score",
    "turnover_excl_pension_by_occupation",
    "sick_leave_monthly_by_occupation",
    "eu_sabo_adequate_education_share",
)
SPECIALISATIONS = ("distriktsskoterska", "vard_av_aldre", "demens", "psykiatri", "palliativ_vard", "ovrig")

FIGURES = Table(
    source="region_report",
    name="figures",
    description="Key figures of the region's joint reports (municipal primary care, staff, unit survey), member by member, as published.",
    grain="one row per year, scope, member, indicator, specialisation and occupation",
    delivered_by="The region's association of municipalities, the spring after the year",
    owner="team:kvalitet",
    subjects=Things("Published figures of municipalities."),
    drift=ANY_ROWS,
    key=("scope", "member_id", "indicator", "specialisation", "staff_group"),
    period_column="year",
    columns=(
        MUNICIPALITY,
        Column("year", "ar", Kind.YEAR, "The year that the figures describe.", "2024", public=True, personal=None),
        Column(
            "scope",
            "omfattning",
            Kind.TEXT,
            "Whose figure: a member's, the report's own mean of the region or the nation, the region's or the nation's total.",
            MEMBER,
            allowed=(MEMBER, REGION_MEAN, NATION_MEAN, REGION_TOTAL, NATION_TOTAL),
            public=True,
            personal=None,
        ),
        Column(
            "member_id",
            "medlem",
            Kind.TEXT,
            "The member's four-digit id in Kolada; empty for means and totals.",
            "1401",
            required=False,
            public=True,
            personal=None,
        ),
        Column(
            "indicator",
            "nyckeltal",
            Kind.TEXT,
            "Indicator, by the platform's id.",
            "kpv_80_share",
            allowed=INDICATORS,
            public=True,
            personal=None,
        ),
        Column(
            "specialisation",
            "specialisering",
            Kind.TEXT,
            "Specialisation that the share is of; empty for all.",
            "demens",
            required=False,
            allowed=SPECIALISATIONS,
            public=True,
            personal=None,
        ),
        Column(
            "staff_group",
            "befattning",
            Kind.TEXT,
            "Occupational group, by its id in the configuration.",
            "underskoterska",
            required=False,
            public=True,
            holds=Holds.KEY,
            personal=None,
        ),
        Column(
            "value",
            "varde",
            Kind.DECIMAL,
            "The figure in the indicator's unit; per cent 0-100.",
            "28,00",
            low=0,
            public=True,
            personal=None,
        ),
        Column(
            "n",
            "antal",
            Kind.INTEGER,
            "Persons or answers behind a member's figure; municipalities behind a mean.",
            "74",
            required=False,
            low=0,
            public=True,
            personal=None,
        ),
        Column(
            "weighting",
            "vagning",
            Kind.TEXT,
            "How the report's own mean was made; empty for other scopes.",
            "ovägt",
            required=False,
            allowed=("ovägt", "vägt", "okänd"),
            public=True,
            personal=None,
        ),
    ),
)

TABLES: tuple[Table, ...] = (FIGURES,)
DESCRIPTION = "The key figures of the region's joint reports, as accepted into the lake."
"""Of the source, for dbt and whoever reads its documentation."""
CITATION = "Källa: regionens gemensamma nyckeltalsrapport"
"""How the figures that are computed from it are cited, in Swedish."""
