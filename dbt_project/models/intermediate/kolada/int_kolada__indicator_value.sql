-- The newest value of every followed indicator for every unit, in the shape that all indicator values have. Kolada's own group
-- rows (ids beginning with G) are no units and are left out: means are computed from the members.
with
indicators as (select * from {{ ref('int_indicator') }}),
newest as (select * from {{ ref('stg_kolada__data') }}),
run as (select * from {{ ref('stg_run__run') }})

select
    ---------- the figure's key
    newest.municipality_id, newest.indicator_id,
    {{ no_text('org_unit', 'staff_group', 'breakdown') }},
    newest.gender,
    {{ day_of_year('newest.year', '-01-01') }} as period_start,
    {{ day_of_year('newest.year', '-12-31') }} as period_end,
    'year' as period_grain,
    'period' as measure_time,

    ---------- numerics
    newest.value,
    {{ no_ratio() }},
    cast(null as bigint) as n,

    ---------- how far it can be trusted
    newest.status,
    -- Kolada publishes a year first preliminarily, then finally; judged by what is known at the as-of moment
    coalesce(
        indicators.publication_period = cast(newest.year as {{ dbt.type_string() }})
        and indicators.prel_publication_date <= run.as_of_date
        and run.as_of_date < indicators.publication_date,
        false
    ) as is_preliminary,
    newest.is_revised, newest.is_simulated,

    ---------- origin
    'kolada:' || newest.load_id as lineage_id

from newest
inner join indicators on newest.indicator_id = indicators.indicator_id
cross join run
where indicators.source = 'kolada'
    and newest.municipality_id not like 'G%'
