-- Measures with what became of them (DEFINITIONS 4.9): the words of those who answer for them, and where an indicator shows the effect, its
-- figures of the year and of the year before.
with
measures as (select * from {{ ref('stg_goals__measure') }}),
figures as (select * from {{ ref('indicators') }}),
municipalities as (select * from {{ ref('int_municipality') }}),

outcomes as (
    select
        municipality_id, indicator_id, indicator, unit,
        cast(extract(year from period_end) as integer) as year,
        value, is_suppressed, is_simulated, lineage_id
    from figures
    where gender = 'T'
        and org_unit is null
        and staff_group is null
        and breakdown is null
        and period_grain = 'year'
        and measure_time in ('period', 'point')
)

select
    ---------- measure
    measures.municipality_id, municipalities.municipality, measures.year, measures.measure_id,
    cast(measures.row_order as integer) as row_order,
    measures.horizon, measures.area, measures.description, measures.owner_role,
    measures.started_on as begun_on,

    ---------- expected effect
    measures.expected_effect, measures.effect_label,
    cast(measures.effect_amount as double) as effect_amount,
    cast(measures.effect_percent as double) as effect_percent,

    ---------- what became of it
    measures.follow_up, measures.outcome, measures.indicator_id, this_year.indicator, this_year.unit, this_year.value,
    year_before.value as previous_value,
    this_year.value - year_before.value as change,
    coalesce(this_year.is_suppressed, false) as is_suppressed,
    coalesce(this_year.is_simulated, false) as is_simulated,

    ---------- origin
    {{ register_lineage("'goals'", 'measures.municipality_id', 'measures.year') }} as lineage_id,
    this_year.lineage_id as value_lineage_id

from measures
left join outcomes as this_year
    on measures.municipality_id = this_year.municipality_id
    and measures.indicator_id = this_year.indicator_id
    and measures.year = this_year.year
left join outcomes as year_before
    on measures.municipality_id = year_before.municipality_id
    and measures.indicator_id = year_before.indicator_id
    and measures.year - 1 = year_before.year
left join municipalities on measures.municipality_id = municipalities.municipality_id
