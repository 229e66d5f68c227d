-- Every unit that a figure may be about: Kolada's municipalities, regions and Riket, and the configured municipalities, which
-- have a name also before Kolada's catalogue has been fetched. The members of a region's report are known by their id until then.
-- The year that reports are about is the configuration's, else the newest that has ended and whose December is delivered.
with
catalogue as (select * from {{ ref('stg_kolada__municipality') }}),
configured as (select * from {{ ref('stg_config__municipality') }}),
reported as (select * from {{ ref('stg_region_report__figure') }}),
loads as (select * from {{ ref('stg_loads__load') }}),
run as (select * from {{ ref('stg_run__run') }}),

ids as (
    select municipality_id from catalogue
    union
    select municipality_id from configured
    union
    select member_id as municipality_id from reported where member_id is not null
),

-- The two that come every month of the year: the ledger and the employments. A thirteenth month only closes December.
monthly as (
    select
        municipality_id, source,
        max({{ first_of_month('period') }}) as newest_month
    from loads
    where ((source = 'ledger' and table_name = 'transactions') or (source = 'hr' and table_name = 'employments'))
        and substring(period, 6, 2) <= '12'
    group by
        municipality_id, source
),

newest as (
    select
        municipality_id,
        max(newest_month) as newest_month
    from monthly
    group by municipality_id
),

-- Whoever has been silent for a year holds nobody back; a month that has not ended is no month yet.
reaching as (
    select
        monthly.municipality_id,
        min(monthly.newest_month) as newest_month
    from monthly
    inner join newest on monthly.municipality_id = newest.municipality_id
    cross join run
    where monthly.newest_month > {{ add_months('newest.newest_month', -12) }}
    group by monthly.municipality_id, run.as_of_date
),

ended as (
    select
        reaching.municipality_id,
        case
            when {{ last_of_month('reaching.newest_month') }} <= run.as_of_date then {{ last_of_month('reaching.newest_month') }}
            else {{ last_of_month(add_months('run.as_of_date', -1)) }}
        end as data_through
    from reaching
    cross join run
)

select
    ---------- ids
    ids.municipality_id,

    ---------- text
    coalesce(catalogue.municipality, configured.municipality, ids.municipality_id) as municipality,
    coalesce(catalogue.municipality_type, 'K') as municipality_type,
    configured.board, configured.administration,

    ---------- numerics
    case
        when configured.municipality_id is null then null
        when configured.report_year is not null then configured.report_year
        when ended.data_through is null then cast(extract(year from run.as_of_date) as integer) - 1
        when extract(month from ended.data_through) = 12 then cast(extract(year from ended.data_through) as integer)
        else cast(extract(year from ended.data_through) as integer) - 1
    end as report_year,

    ---------- dates
    case when configured.municipality_id is not null then ended.data_through end as data_through,

    ---------- booleans
    configured.municipality_id is not null as is_configured

from ids
left join catalogue on ids.municipality_id = catalogue.municipality_id
left join configured on ids.municipality_id = configured.municipality_id
left join ended on ids.municipality_id = ended.municipality_id
cross join run
