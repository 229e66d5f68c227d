-- What should be there, and why it is not: every followed indicator of every configured municipality, in every year (and month, where it
-- has months) that something could be said about. A figure counts as there in any of its splits: some are told by occupation only.
with
figures as (select * from {{ ref('indicators') }}),
indicators as (select * from {{ ref('int_indicator') }}),
municipalities as (select * from {{ ref('int_municipality') }} where is_configured),
loads as (select * from {{ ref('stg_loads__load') }}),
run as (select * from {{ ref('stg_run__run') }}),

month_numbers as (
    select cast(generated_number as integer) as month_number
    from ({{ dbt.generate_series(12) }}) as numbers
),

-- one row per indicator, municipality and period that there are rows of, in any split
present as (
    select
        municipality_id, indicator_id, period_grain,
        cast(extract(year from period_end) as integer) as year,
        case when period_grain = 'month' then cast(extract(month from period_end) as integer) else 12 end as month_number,
        max(case when value is not null then 1 else 0 end) as has_value,
        max(case when is_suppressed then 1 else 0 end) as has_suppressed,
        max({{ dbt.split_part('lineage_id', "':'", 1) }}) as source
    from figures
    where period_grain in ('year', 'month')
    group by
        municipality_id, indicator_id, period_grain,
        cast(extract(year from period_end) as integer),
        case when period_grain = 'month' then cast(extract(month from period_end) as integer) else 12 end
),

-- the years that any municipality has a value of: before the first nothing was measured, after the last nothing is published
measured as (
    select
        indicator_id, period_grain,
        max(source) as source,
        min(year) as first_year,
        max(year) as last_year
    from present
    where has_value = 1
    group by indicator_id, period_grain
),

measured_years as (
    select distinct indicator_id, year
    from present
    where has_value = 1
        and period_grain = 'year'
),

-- told in other periods than years: of quarters, of months, of rolling years
without_years as (
    select indicator_id
    from figures
    group by indicator_id
    having max(case when period_grain = 'year' then 1 else 0 end) = 0
),

of_municipality as (
    select
        municipality_id, indicator_id, period_grain,
        min(12 * year + month_number) as first_month
    from present
    group by municipality_id, indicator_id, period_grain
),

-- how far the municipality's own deliveries reach: what one source lacks, another shows to be missing
own_reach as (
    select
        present.municipality_id,
        min(12 * present.year + present.month_number) as first_month,
        max(12 * present.year + present.month_number) as last_month
    from present
    inner join indicators on present.indicator_id = indicators.indicator_id
    where indicators.source = 'own'
    group by present.municipality_id
),

delivered as (select distinct municipality_id, source from loads),
years as (select distinct year from present),

calendar as (
    select
        'year' as period_grain,
        year,
        12 as month_number,
        {{ day_of_year('year', '-01-01') }} as period_start,
        {{ day_of_year('year', '-12-31') }} as period_end
    from years

    union all

    select
        'month' as period_grain,
        years.year, month_numbers.month_number,
        {{ add_months(day_of_year('years.year', '-01-01'), 'month_numbers.month_number - 1') }} as period_start,
        {{ last_of_month(add_months(day_of_year('years.year', '-01-01'), 'month_numbers.month_number - 1')) }} as period_end
    from years
    cross join month_numbers
),

-- Kolada's figures from the first year that anybody has; own ones from the municipality's first, and those that it never had through the
-- years that it delivers
wanted as (
    select
        municipalities.municipality_id, municipalities.municipality, indicators.indicator_id, indicators.indicator,
        indicators.domain,
        indicators.source as indicator_source,
        indicators.ended_after, indicators.withdrawn_on, measured.last_year,
        coalesce(measured.source, '') as source,
        of_municipality.first_month is not null as was_ever_there,
        calendar.period_grain, calendar.year, calendar.month_number, calendar.period_start, calendar.period_end
    from municipalities
    cross join indicators
    cross join calendar
    cross join run
    left join measured
        on indicators.indicator_id = measured.indicator_id
        and calendar.period_grain = measured.period_grain
    left join of_municipality
        on municipalities.municipality_id = of_municipality.municipality_id
        and indicators.indicator_id = of_municipality.indicator_id
        and calendar.period_grain = of_municipality.period_grain
    left join own_reach on municipalities.municipality_id = own_reach.municipality_id
    left join without_years on indicators.indicator_id = without_years.indicator_id
    where calendar.period_end <= run.as_of_date
        and (
            (
                indicators.source = 'kolada'
                and calendar.period_grain = 'year'
                and calendar.year >= coalesce(measured.first_year, municipalities.report_year)
            )
            or (
                indicators.source = 'own'
                and 12 * calendar.year + calendar.month_number >= coalesce(of_municipality.first_month, own_reach.first_month)
                and 12 * calendar.year + calendar.month_number <= own_reach.last_month
                and (of_municipality.first_month is not null or (calendar.period_grain = 'year' and without_years.indicator_id is null))
            )
        )
)

select
    ---------- the figure
    wanted.municipality_id, wanted.municipality, wanted.indicator_id, wanted.indicator, wanted.domain,
    wanted.indicator_source, wanted.period_grain, wanted.period_start, wanted.period_end,

    ---------- is it there, and why not
    coalesce(present.has_value, 0) = 1 as is_there,
    case
        when present.has_value = 1 then null
        when present.has_suppressed = 1 then 'suppressed'
        when wanted.withdrawn_on is not null and wanted.year > coalesce(wanted.last_year, 0) then 'withdrawn'
        when wanted.year > wanted.ended_after then 'ended'
        when wanted.indicator_source = 'kolada' and wanted.year > coalesce(wanted.last_year, 0) then 'not_yet_published'
        when wanted.indicator_source = 'kolada' and measured_years.year is null then 'not_measured'
        when wanted.indicator_source = 'kolada' then 'not_delivered'
        when present.has_value = 0 then 'no_cases'
        when not wanted.was_ever_there and wanted.source <> '' and delivered.source is not null then 'not_applicable'
        else 'not_delivered'
    end as reason

from wanted
left join present
    on wanted.municipality_id = present.municipality_id
    and wanted.indicator_id = present.indicator_id
    and wanted.period_grain = present.period_grain
    and wanted.year = present.year
    and wanted.month_number = present.month_number
left join measured_years
    on wanted.indicator_id = measured_years.indicator_id
    and wanted.year = measured_years.year
left join delivered
    on wanted.municipality_id = delivered.municipality_id
    and wanted.source = delivered.source
