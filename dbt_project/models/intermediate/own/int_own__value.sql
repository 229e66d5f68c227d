-- What the municipalities' own rows say, of all sources alike, with the words by which such a figure is cited. A joint report of a region
-- repeats what a municipality once told it: that stands only where the municipality has no rows of its own to compute the year from.
with
all_values as (
    {%- for own_source, citation in own_sources().items() %}
    select
        municipality_id, indicator_id, org_unit, staff_group, breakdown, gender, period_start, period_end,
        period_grain, measure_time, value, numerator, denominator, n, is_preliminary, lineage_id,
        '{{ citation }}' as source,
        {{ 'true' if own_source == 'region_report' else 'false' }} as is_reported
    from {{ ref('int_' ~ own_source ~ '__value') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

computed_years as (
    select distinct
        municipality_id, indicator_id,
        coalesce(staff_group, '') as staff_group,
        coalesce(breakdown, '') as breakdown,
        period_end
    from all_values
    where not is_reported
        and gender = 'T'
        and org_unit is null
        and period_grain = 'year'
)

select
    all_values.municipality_id, all_values.indicator_id, all_values.org_unit, all_values.staff_group,
    all_values.breakdown, all_values.gender, all_values.period_start, all_values.period_end,
    all_values.period_grain, all_values.measure_time, all_values.value, all_values.numerator,
    all_values.denominator, all_values.n, all_values.is_preliminary, all_values.lineage_id, all_values.source
from all_values
left join computed_years
    on all_values.is_reported
    and all_values.municipality_id = computed_years.municipality_id
    and all_values.indicator_id = computed_years.indicator_id
    and coalesce(all_values.staff_group, '') = computed_years.staff_group
    and coalesce(all_values.breakdown, '') = computed_years.breakdown
    and all_values.period_end = computed_years.period_end
where computed_years.municipality_id is null
