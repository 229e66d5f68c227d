-- A figure beside each group that it is compared with: one row per figure and group, also where the group is too small for a mean.
{{ config(materialized='view') }}

with figures as (select * from {{ ref('indicators') }})

{%- for comparison in ['region', 'similar', 'national'] %}
select
    ---------- the figure
    domain, municipality_id, municipality, indicator_id, indicator, service_area, org_unit, staff_group, breakdown,
    gender, period_start, period_end, period_grain, measure_time, unit, good_direction, series_key, series_id, value,

    ---------- the group
    '{{ comparison }}' as comparison,
    {{ comparison }}_mean as group_mean,
    {{ comparison }}_count as group_count,
    value - {{ comparison }}_mean as difference,
    case
        when value is null or {{ comparison }}_mean is null or good_direction is null or value = {{ comparison }}_mean then null
        else (value > {{ comparison }}_mean) = (good_direction = 'high')
    end as is_better,
    {{ 'national_rank' if comparison == 'national' else 'cast(null as bigint)' }} as place,
    {{ 'rank_order' if comparison == 'national' else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as rank_order,

    ---------- how far it can be trusted
    is_preliminary, is_revised, is_suppressed, is_simulated, comparison_is_simulated

from figures
where {{ comparison }}_mean is not null
    or {{ comparison }}_count is not null
{{ 'union all' if not loop.last }}
{%- endfor %}
