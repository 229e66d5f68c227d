-- The periods beside months, tertials and years that figures are wanted of: the configuration's, every year anew until the run's day, and
-- those that the internal control was delivered with. The last day of a month stays the last, whatever the month's length.
with
configured as (select * from {{ ref('stg_config__extra_period') }}),
controls as (select * from {{ ref('stg_internal_control__control') }}),
run as (select * from {{ ref('stg_run__run') }}),

years_later as (
    select cast(generated_number as integer) - 1 as years_later
    from ({{ dbt.generate_series(50) }}) as numbers
),

recurring as (
    select
        configured.municipality_id, configured.indicator_id, configured.last_year,
        {{ add_months('configured.period_start', '12 * years_later.years_later') }} as period_start,
        case
            when configured.period_end = {{ last_of_month('configured.period_end') }}
                then {{ last_of_month(add_months('configured.period_end', '12 * years_later.years_later')) }}
            else {{ add_months('configured.period_end', '12 * years_later.years_later') }}
        end as period_end
    from configured
    cross join years_later
)

select recurring.municipality_id, recurring.indicator_id, recurring.period_start, recurring.period_end
from recurring
cross join run
where recurring.period_end <= run.as_of_date
    and (recurring.last_year is null or extract(year from recurring.period_end) <= recurring.last_year)

union

select municipality_id, indicator_id, period_start, period_end
from controls
where indicator_id is not null
