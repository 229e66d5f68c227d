-- Women and men of one figure side by side: one row for what is a row for each of them in the indicator marts. Grouped and not joined,
-- since the parts of a key may be null.
{{ config(materialized='view') }}

with figures as (select * from {{ ref('indicators') }})

select
    ---------- the figure
    domain, municipality_id, municipality, indicator_id, indicator, service_area, org_unit, staff_group, breakdown,
    period_start, period_end, period_grain, measure_time, unit, good_direction, series_id,

    ---------- women, men and both
    max(case when gender = 'K' then value end) as women,
    max(case when gender = 'M' then value end) as men,
    max(case when gender = 'T' then value end) as total,
    max(case when gender = 'K' then value end) - max(case when gender = 'M' then value end) as gap,
    max(case when gender = 'K' then n end) as women_n,
    max(case when gender = 'M' then n end) as men_n,

    ---------- how far they can be trusted
    max(case when gender <> 'T' and is_preliminary then 1 else 0 end) = 1 as is_preliminary,
    max(case when gender <> 'T' and is_revised then 1 else 0 end) = 1 as is_revised,
    max(case when gender <> 'T' and is_suppressed then 1 else 0 end) = 1 as is_suppressed,
    max(case when gender <> 'T' and is_simulated then 1 else 0 end) = 1 as is_simulated

from figures
group by
    domain, municipality_id, municipality, indicator_id, indicator, service_area, org_unit, staff_group, breakdown,
    period_start, period_end, period_grain, measure_time, unit, good_direction, series_id
having max(case when gender <> 'T' then 1 else 0 end) = 1
