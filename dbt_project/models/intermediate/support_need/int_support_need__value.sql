-- Mean support need per person and service. A person who was measured several times in the year counts once, with the newest.
with
measurements as (select * from {{ ref('stg_support_need__measurement') }}),

numbered as (
    select
        municipality_id, year, service, points,
        row_number() over (partition by municipality_id, year, service, person_id order by measured_on desc) as newest_first
    from measurements
),

sums as (
    select
        municipality_id, year,
        'support_need_level' as indicator_id,
        'service=' || service as breakdown,
        sum(points) as points,
        count(*) as persons
    from numbered
    where newest_first = 1
    group by municipality_id, year, service
)

select
    ---------- keys
    municipality_id, indicator_id,
    {{ no_text('org_unit', 'staff_group') }},
    breakdown,
    'T' as gender,
    {{ day_of_year('year', '-01-01') }} as period_start,
    {{ day_of_year('year', '-12-31') }} as period_end,
    'year' as period_grain,
    'period' as measure_time,

    ---------- the figure
    {{ ratio('points', 'persons') }},
    persons as n,
    false as is_preliminary,

    ---------- origin
    {{ register_lineage("'support_need'", 'municipality_id', 'year') }} as lineage_id

from sums
