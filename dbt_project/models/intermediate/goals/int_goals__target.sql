-- The targets that stand beside figures in the indicator marts: one value for an indicator's year or quarter. Bands and comparisons are
-- no such value; goal_follow_up tells them.
with indicators as (select * from {{ ref('stg_goals__indicator') }})

select
    municipality_id, indicator_id, year,
    coalesce(quarter, 0) as quarter,
    case when quarter is null then 'year' else 'quarter' end as period_grain,
    coalesce(org_unit, '') || '||' || coalesce(breakdown, '') as split,
    -- an indicator may serve two goals, with one target
    cast(max(target) as double) as target
from indicators
where target_kind = 'value'
group by municipality_id, indicator_id, year, quarter, org_unit, breakdown
