-- The loads that a year's ledger figures rest on: the year's transactions, budget and forecasts, and the transactions of the year
-- before, which `previous_actual` compares with.
with
years as (select * from {{ ref('int_ledger__year') }}),
loads as (select * from {{ ref('stg_loads__load') }})

select years.lineage_id, loads.load_id
from years
inner join loads on years.municipality_id = loads.municipality_id
where loads.source = 'ledger'
    and (
        (
            loads.table_name in ('transactions', 'budget', 'forecast')
            and substring(loads.period, 1, 4) = cast(years.year as {{ dbt.type_string() }})
        )
        or (
            loads.table_name = 'transactions'
            and substring(loads.period, 1, 4) = cast(years.year - 1 as {{ dbt.type_string() }})
        )
    )
