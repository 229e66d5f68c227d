-- What the municipalities' own rows say, of all sources alike, with the words by which such a figure is cited. A joint report of a region
-- repeats what a municipality once told it: that stands only where the municipality has no rows of its own to compute the year from.
with
all_values as (
    {%- for own_source, citation in own_sources().items() %}
    select
        {{ figure_columns() }},
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
    {{ figure_columns('all_values') }}, all_values.source
from all_values
left join computed_years
    on all_values.is_reported
    and all_values.municipality_id = computed_years.municipality_id
    and all_values.indicator_id = computed_years.indicator_id
    and coalesce(all_values.staff_group, '') = computed_years.staff_group
    and coalesce(all_values.breakdown, '') = computed_years.breakdown
    and all_values.period_end = computed_years.period_end
where computed_years.municipality_id is null
