-- A stock of 31 December stands twice, with one value: as the year's and, where its series has months, as December's.
with
figures as (
    select * from {{ ref('indicators') }}
    where measure_time = 'point'
        and period_grain in ('year', 'month')
),

months as (
    select series_key, period_end, value, is_suppressed
    from figures
    where period_grain = 'month'
),

series_with_months as (select distinct series_key from months),

year_ends as (
    select
        municipality_id, indicator_id, period_end,
        replace(series_key, '|year|point|', '|month|point|') as series_key,
        value, is_suppressed
    from figures
    where period_grain = 'year'
        and extract(month from period_end) = 12
)

select year_ends.municipality_id, year_ends.indicator_id, year_ends.series_key, year_ends.period_end
from year_ends
inner join series_with_months on year_ends.series_key = series_with_months.series_key
left join months
    on year_ends.series_key = months.series_key
    and year_ends.period_end = months.period_end
where months.series_key is null
    or coalesce(months.value, -1) <> coalesce(year_ends.value, -1)
    or months.is_suppressed <> year_ends.is_suppressed
