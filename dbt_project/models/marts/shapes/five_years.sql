-- A year and the four before it in one row, for every year: a table of five columns is the rows of one year. A year behind a break of the
-- definition is another series' and left empty.
{{ config(materialized='view') }}
{%- set back = 'partition by municipality_id, series_key, series_id order by year range between' %}

-- noqa: disable=LT02
with
figures as (select * from {{ ref('indicators') }}),

years as (
    select
        domain, municipality_id, municipality, indicator_id, indicator, service_area, org_unit, staff_group, breakdown,
        gender, measure_time, unit, good_direction, series_key, series_id,
        cast(extract(year from period_end) as integer) as year,
        period_end, value,
        case when is_preliminary then 1 else 0 end as is_preliminary,
        case when is_revised then 1 else 0 end as is_revised,
        case when is_suppressed then 1 else 0 end as is_suppressed,
        case when is_simulated then 1 else 0 end as is_simulated
    from figures
    where period_grain = 'year'
)

select
    ---------- the series
    domain, municipality_id, municipality, indicator_id, indicator, service_area, org_unit, staff_group, breakdown,
    gender, measure_time, unit, good_direction, series_key, series_id, year,

    ---------- five years, oldest first
    {%- for years in [4, 3, 2, 1] %}
    max(value) over ({{ back }} {{ years }} preceding and {{ years }} preceding) as value_{{ years }}_before,
    {%- endfor %}
    value,

    ---------- how far any of them can be trusted
    {%- for flag in ['is_preliminary', 'is_revised', 'is_suppressed', 'is_simulated'] %}
    max({{ flag }}) over ({{ back }} 4 preceding and current row) = 1 as {{ flag }}{{ ',' if not loop.last }}
    {%- endfor %}

from years
