-- Persons of 65 and 80 years with special housing or homecare, and their share of the inhabitants (DEFINITIONS 2.13): of the year's twelve
-- month-ends the median, until 2020 the mean. Homecare counts when it is granted, special housing when it is lived in; alarm, meals,
-- relief and escort alone do not.
with
decision_days as (
    select * from {{ ref('int_care__decision_day') }}
    where kind = 'month_end'
        and law = 'SoL'
        and is_own_inhabitant
        and (
            (service_id = 'hemtjanst' and is_valid)
            or (housing = 'sabo' and is_executed and not is_interrupted)
        )
),

periods as (select * from {{ ref('int_care__period') }}),
inhabitants as (select * from {{ ref('stg_population__inhabitant') }}),

ages as (
    select 'elderly_65_with_care' as measure, 65 as age
    union all select 'elderly_80_with_care', 80
),

delivered_services as (select * from {{ ref('int_care__delivered_service') }}),

-- Both are counted: a year without a single decision of one of them would be of the other alone.
delivered_years as (
    select municipality_id, year
    from delivered_services
    where service_id in ('sarskilt_boende', 'hemtjanst')
        and law = 'SoL'
    group by municipality_id, year
    having count(distinct service_id) = 2
),

month_counts as (
    select
        ages.measure, ages.age, periods.municipality_id,
        extract(year from periods.period_end) as year_number,
        periods.period_end,
        count(distinct decision_days.person_id) as persons
    from periods
    inner join delivered_years
        on periods.municipality_id = delivered_years.municipality_id
        and extract(year from periods.period_end) = delivered_years.year
    cross join ages
    left join decision_days
        on periods.municipality_id = decision_days.municipality_id
        and periods.period_end = decision_days.day
        and ((ages.age = 65 and decision_days.is_65) or (ages.age = 80 and decision_days.is_80))
    where periods.kind = 'month_end'
    group by
        ages.measure, ages.age, periods.municipality_id,
        extract(year from periods.period_end),
        periods.period_end
),

year_counts as (
    select
        month_counts.measure, month_counts.age, years.municipality_id, month_counts.year_number, years.period_start,
        years.period_end, years.period_grain, years.measure_time,
        case
            when month_counts.year_number >= 2021 then percentile_cont(0.5) within group (order by month_counts.persons)
            else cast(sum(month_counts.persons) as double) / count(*)
        end as persons
    from periods as years
    inner join month_counts
        on years.municipality_id = month_counts.municipality_id
        and month_counts.period_end >= years.period_start
        and month_counts.period_end <= years.period_end
    where years.kind = 'year'
    group by
        month_counts.measure, month_counts.age, years.municipality_id, month_counts.year_number, years.period_start,
        years.period_end, years.period_grain, years.measure_time
),

old_inhabitants as (
    select
        inhabitants.municipality_id, inhabitants.year, ages.age,
        cast(sum(inhabitants.inhabitants) as double) as inhabitants
    from inhabitants
    inner join ages on inhabitants.age >= ages.age
    group by inhabitants.municipality_id, inhabitants.year, ages.age
)

select
    'decisions' as subject,
    municipality_id,
    measure || '_persons' as indicator_id,
    {{ no_text('breakdown') }},
    'T' as gender,
    period_start, period_end, period_grain, measure_time,
    persons as value,
    {{ no_ratio() }},
    cast(floor(persons) as bigint) as n
from year_counts

union all

select
    'inhabitants' as subject,
    year_counts.municipality_id,
    year_counts.measure || '_share_own' as indicator_id,
    {{ no_text('breakdown') }},
    'T' as gender,
    year_counts.period_start, year_counts.period_end, year_counts.period_grain, year_counts.measure_time,
    100 * year_counts.persons / nullif(old_inhabitants.inhabitants, 0) as value,
    year_counts.persons as numerator,
    old_inhabitants.inhabitants as denominator,
    cast(floor(year_counts.persons) as bigint) as n
from year_counts
inner join old_inhabitants
    on year_counts.municipality_id = old_inhabitants.municipality_id
    and year_counts.year_number = old_inhabitants.year
    and year_counts.age = old_inhabitants.age
