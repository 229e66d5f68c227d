-- The newest full-year forecast of each department: one occasion as a whole, so that lines of an older one never mix in.
with
forecasts as (select * from {{ ref('stg_ledger__forecast') }}),

newest as (
    select
        municipality_id, org_unit, year,
        max(month) as month
    from forecasts
    group by municipality_id, org_unit, year
)

select
    ---------- ids
    forecasts.municipality_id, forecasts.org_unit, forecasts.line_id,

    ---------- numerics
    forecasts.year,
    forecasts.amount as forecast,

    ---------- dates
    forecasts.month as forecast_month

from forecasts
inner join newest
    on forecasts.municipality_id = newest.municipality_id
    and forecasts.org_unit = newest.org_unit
    and forecasts.year = newest.year
    and forecasts.month = newest.month
