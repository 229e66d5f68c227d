-- Every staffing value has its row in the mart, with the same value unless it is withheld; a stock of 31 December has two, the year's and
-- December's.
with
computed as (select * from {{ ref('int_hr__value') }}),
published as (select * from {{ ref('staffing') }} where lineage_id like 'hr:%')

select
    coalesce(computed.indicator_id, published.indicator_id) as indicator_id,
    coalesce(computed.period_end, published.period_end) as period_end,
    computed.value as computed_value,
    published.value as published_value
from computed
full outer join published
    on computed.municipality_id = published.municipality_id
    and computed.indicator_id = published.indicator_id
    and computed.gender = published.gender
    and computed.period_end = published.period_end
    and computed.measure_time = published.measure_time
    and case when computed.measure_time = 'point' then '' else computed.period_grain end
    = case when published.measure_time = 'point' then '' else published.period_grain end
    and coalesce(computed.org_unit, '') = coalesce(published.org_unit, '')
    and coalesce(computed.staff_group, '') = coalesce(published.staff_group, '')
    and coalesce(computed.breakdown, '') = coalesce(published.breakdown, '')
where computed.indicator_id is null
    or published.indicator_id is null
    or (not published.is_suppressed and coalesce(computed.value, -1) <> coalesce(published.value, -1))
