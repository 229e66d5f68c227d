-- The ledger of those units whose result the board follows, summed to line and year. Departments are in `int_ledger__statement`; a unit
-- has a result and a frame, but no forecast and no statement of its own.
with
transactions as (select * from {{ ref('stg_ledger__transaction') }}),
budget as (select * from {{ ref('stg_ledger__budget') }}),
accounts as (select * from {{ ref('int_ledger__account') }}),
cost_centres as (select * from {{ ref('int_ledger__cost_centre') }}),

entries as (
    select
        municipality_id, account, cost_centre, year,
        amount as actual,
        cast(0 as decimal(18, 2)) as budget
    from transactions

    union all

    select
        municipality_id, account, cost_centre, year,
        cast(0 as decimal(18, 2)) as actual,
        amount as budget
    from budget
)

select
    ---------- ids
    entries.municipality_id, cost_centres.unit, accounts.line_id,

    ---------- numerics
    entries.year,
    sum(entries.actual) as actual,
    sum(entries.budget) as budget

from entries
inner join cost_centres
    on entries.municipality_id = cost_centres.municipality_id
    and entries.cost_centre = cost_centres.cost_centre
inner join accounts
    on entries.municipality_id = accounts.municipality_id
    and entries.account = accounts.account
where cost_centres.unit is not null
group by entries.municipality_id, cost_centres.unit, accounts.line_id, entries.year
