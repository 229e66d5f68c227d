-- The ledger summed to department, account group and month: from here on nobody reads single transactions. The budget is the sum
-- of its decisions; kronor, income positive, costs negative.
with
transactions as (select * from {{ ref('stg_ledger__transaction') }}),
budget as (select * from {{ ref('stg_ledger__budget') }}),
accounts as (select * from {{ ref('int_ledger__account') }}),
cost_centres as (select * from {{ ref('int_ledger__cost_centre') }}),

entries as (
    select
        municipality_id, account, cost_centre, year, month,
        amount as actual,
        case when is_closing_entry then amount end as closing_entries,
        cast(null as decimal(18, 2)) as budget
    from transactions

    union all

    select
        municipality_id, account, cost_centre, year, month,
        cast(null as decimal(18, 2)) as actual,
        cast(null as decimal(18, 2)) as closing_entries,
        amount as budget
    from budget
)

select
    ---------- ids
    entries.municipality_id, cost_centres.org_unit, accounts.line_id,

    ---------- text
    accounts.account_group,

    ---------- numerics
    entries.year,
    sum(entries.actual) as actual,
    sum(entries.closing_entries) as closing_entries,
    sum(entries.budget) as budget,

    ---------- dates
    entries.month

from entries
inner join accounts
    on entries.municipality_id = accounts.municipality_id
    and entries.account = accounts.account
inner join cost_centres
    on entries.municipality_id = cost_centres.municipality_id
    and entries.cost_centre = cost_centres.cost_centre
group by
    entries.municipality_id, cost_centres.org_unit, accounts.line_id, accounts.account_group, entries.year,
    entries.month
