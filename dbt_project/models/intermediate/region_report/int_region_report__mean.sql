-- What a figure of the region's reports is compared with (DEFINITIONS 5.1): the unweighted mean of the members' values, own municipality
-- included. The report's own mean stands where it was weighted, which no unweighted mean can check, and where not all members behind it
-- were delivered. The nation's mean is always the report's own: no other municipality's figure comes with it.
with
figures as (select * from {{ ref('stg_region_report__figure') }}),
loads as (select * from {{ ref('stg_loads__load') }}),

sums as (
    select
        figures.municipality_id, figures.indicator_id, figures.staff_group, figures.breakdown, figures.year,
        sum(case when figures.scope = 'member' then figures.value end) as members_sum,
        count(case when figures.scope = 'member' then figures.value end) as members,
        max(case when figures.scope = 'region_mean' then figures.value end) as told_mean,
        max(case when figures.scope = 'region_mean' then figures.n end) as told_members,
        max(case when figures.scope = 'region_mean' then figures.weighting end) as weighting,
        max(case when figures.scope = 'nation_mean' then figures.value end) as national_mean,
        max(case when figures.scope = 'nation_mean' and figures.weighting = 'unweighted' then figures.n end) as national_count,
        max(case when loads.is_simulated then 1 else 0 end) as simulated_loads
    from figures
    left join loads on figures.load_id = loads.load_id
    where figures.scope in ('member', 'region_mean', 'nation_mean')
    group by figures.municipality_id, figures.indicator_id, figures.staff_group, figures.breakdown, figures.year
),

judged as (
    select
        sums.*,
        told_mean is not null and (weighting = 'weighted' or members < told_members) as is_told
    from sums
)

select
    ---------- keys
    municipality_id, indicator_id, staff_group, breakdown, year,

    ---------- the means
    case
        when is_told then cast(told_mean as double)
        else cast(members_sum as double) / nullif(members, 0)
    end as region_mean,
    -- a number of members is said of unweighted means only
    case
        when not is_told then nullif(members, 0)
        when weighting = 'unweighted' then told_members
    end as region_count,
    cast(national_mean as double) as national_mean,
    national_count,
    simulated_loads = 1 as is_simulated

from judged
