-- What a month itself says, twelve a year: of its days, or of its last day. What accumulates (ytd, rolling_12) stands in `indicators`.
{{ config(materialized='view') }}

with figures as (select * from {{ ref('indicators') }})

select
    ---------- the series
    domain, municipality_id, municipality, indicator_id, indicator, service_area, org_unit, staff_group, breakdown,
    gender, measure_time, unit, good_direction, series_key, series_id,

    ---------- the month beside its neighbours
    period_start as month,
    value,
    previous_value as previous_month,
    change as change_from_previous_month,
    same_period_last_year as same_month_last_year,
    value - same_period_last_year as change_from_last_year,
    numerator, denominator, n,

    ---------- how far it can be trusted
    is_preliminary, is_revised, is_suppressed, is_simulated,

    ---------- origin
    source, lineage_id

from figures
where period_grain = 'month'
    and measure_time in ('point', 'period')
