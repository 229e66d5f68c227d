-- The region's reports as figures: every member's under its own id, and the totals of region and nation under the receiving
-- municipality's. Where several municipalities hand in the same report, a member's own copy is taken before the others'.
with
figures as (select * from {{ ref('stg_region_report__figure') }}),

told as (
    select
        municipality_id as receiver_id,
        coalesce(member_id, municipality_id) as municipality_id,
        indicator_id, staff_group,
        case scope
            when 'region_total' then 'area=region'
            when 'nation_total' then 'area=nation'
            else breakdown
        end as breakdown,
        year, value,
        case when scope = 'member' then n end as n
    from figures
    where scope not in ('region_mean', 'nation_mean')
),

numbered as (
    select
        told.*,
        row_number() over (
            partition by municipality_id, indicator_id, staff_group, breakdown, year
            order by case when receiver_id = municipality_id then 0 else 1 end, receiver_id
        ) as copy_number
    from told
)

select
    ---------- keys
    municipality_id, indicator_id,
    {{ no_text('org_unit') }},
    staff_group,
    breakdown,
    'T' as gender,
    {{ day_of_year('year', '-01-01') }} as period_start,
    {{ day_of_year('year', '-12-31') }} as period_end,
    'year' as period_grain,
    'period' as measure_time,

    ---------- the figure
    cast(value as double) as value,
    {{ no_ratio() }},
    n,
    false as is_preliminary,

    ---------- origin
    {{ register_lineage("'region_report'", 'receiver_id', 'year') }} as lineage_id

from numbered
where copy_number = 1
