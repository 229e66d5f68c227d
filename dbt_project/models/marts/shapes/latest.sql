-- The newest figure of every series that has a value. A figure that is older than the municipality's newest of the same indicator says so.
{{ config(materialized='view') }}

with
figures as (select * from {{ ref('indicators') }}),

-- by the municipality first, so that a question about one reads only its rows
numbered as (
    select
        figures.*,
        max(period_end) over (partition by municipality_id, indicator_id, period_grain, measure_time) as newest_period_end,
        row_number() over (
            partition by municipality_id, series_key
            order by case when value is null then 1 else 0 end, period_end desc, period_start desc
        ) as newest_first
    from figures
)

select
    domain,
    {{ indicator_mart_columns() }},
    newest_period_end,
    period_end < newest_period_end as is_behind
from numbered
where newest_first = 1
    and value is not null
