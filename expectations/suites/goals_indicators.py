"""Rules GO2xx of the goals' indicators."""

from expectations.rules import Rule, any_of, rows

RULES = (
    Rule(
        "GO201",
        "The target is of the kind that the row says",
        any_of(
            (
                rows("target", "c.target_kind = 'värde' and c.target is null"),
                rows("target", "c.target_kind <> 'värde' and c.target is not null"),
                rows("target_low", "c.target_kind = 'intervall' and (c.target_low is null or c.target_high is null)"),
                rows("target_low", "c.target_kind <> 'intervall' and (c.target_low is not null or c.target_high is not null)"),
            )
        ),
        "värde: malvarde only; intervall: both ends only; otherwise neither",
        "Fill in the target that belongs to maltyp and leave the others empty.",
    ),
    Rule(
        "GO202",
        "A band does not end below its beginning",
        rows("target_high", "c.target_high < c.target_low"),
        "intervall_till at least intervall_fran",
        "Correct the ends of the band.",
    ),
    Rule(
        "GO203",
        "An indicator has one target",
        rows(
            "target",
            "c.target is not null and exists (select 1 from candidate as d where d.indicator_id = c.indicator_id and d.target <> c.target "
            "and coalesce(d.org_unit, '') = coalesce(c.org_unit, '') and coalesce(d.breakdown, '') = coalesce(c.breakdown, '') "
            "and coalesce(d.quarter, 0) = coalesce(c.quarter, 0))",
        ),
        "the same malvarde wherever the indicator of the year stands",
        "Decide on one target, or split the indicator.",
    ),
    Rule(
        "GO204",
        "A split is written key=value",
        rows("breakdown", "not regexp_full_match(c.breakdown, '[a-z0-9_]+=[^;=]+(;[a-z0-9_]+=[^;=]+)*')"),
        "key=value, several with semicolons between them",
        "Write the split as in the indicator marts, such as law=SoL.",
    ),
)
