-- What the ledger has delivered of each year: how far the year has come, and which decisions its budget holds.
with
transactions as (select * from {{ ref('stg_ledger__transaction') }}),
control_totals as (select * from {{ ref('stg_ledger__control_total') }}),
budget as (select * from {{ ref('stg_ledger__budget') }}),

evidence as (
    select
        municipality_id, year, month,
        case when is_closing_entry then 1 else 0 end as is_closed,
        0 as has_budget,
        {{ no_text('version') }}
    from transactions

    union all

    -- a closing period without entries is known by its control totals only
    select
        municipality_id, year,
        cast(null as date) as month,
        1 as is_closed,
        0 as has_budget,
        {{ no_text('version') }}
    from control_totals
    where is_closing_period

    union all

    select
        municipality_id, year,
        cast(null as date) as month,
        0 as is_closed,
        1 as has_budget,
        version
    from budget
),

years as (
    select
        municipality_id, year,
        count(distinct month) as months_delivered,
        max(is_closed) as is_closed,
        max(has_budget) as has_budget,
        max(case when version = 'kf-budget' then version end) as decided,
        max(case when version = 'tilläggsanslag' then ' + ' || version end) as additional,
        max(case when version = 'ombudgetering' then ' + ' || version end) as moved
    from evidence
    group by municipality_id, year
)

select
    ---------- ids
    municipality_id,
    'ledger:' || municipality_id || ':' || cast(year as {{ dbt.type_string() }}) as lineage_id,

    ---------- text
    case
        when has_budget = 1 then coalesce(decided, 'utan kf-budget') || coalesce(additional, '') || coalesce(moved, '')
    end as budget_version,
    case when is_closed = 1 then 'closed' else 'open' end as ledger_status,

    ---------- numerics
    year, months_delivered,

    ---------- booleans
    is_closed = 1 as is_closed,
    has_budget = 1 as has_budget,
    months_delivered > 0 as has_transactions

from years
