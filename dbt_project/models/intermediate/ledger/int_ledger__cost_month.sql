-- Costs that are followed by themselves, by the accounts that the municipality names for each. A month that was delivered without such
-- postings has 0: a cost that ended is known, not missing.
with
transactions as (select * from {{ ref('stg_ledger__transaction') }}),
intervals as (select * from {{ ref('stg_config__cost_indicator') }}),
delivered_months as (select distinct municipality_id, year, month from transactions),
indicators as (select distinct municipality_id, indicator_id from intervals),

booked as (
    select
        transactions.municipality_id, intervals.indicator_id, transactions.month,
        sum(-transactions.amount) as amount
    from transactions
    inner join intervals
        on transactions.municipality_id = intervals.municipality_id
        and rpad(transactions.account, 5, '0') >= rpad(intervals.first_account, 5, '0')
        and rpad(transactions.account, 5, '0') <= rpad(intervals.last_account, 5, '9')
    group by transactions.municipality_id, intervals.indicator_id, transactions.month
)

select
    ---------- ids
    indicators.municipality_id, indicators.indicator_id,

    ---------- numerics
    delivered_months.year,
    coalesce(booked.amount, 0) as amount,

    ---------- dates
    delivered_months.month

from indicators
inner join delivered_months on indicators.municipality_id = delivered_months.municipality_id
left join booked
    on indicators.municipality_id = booked.municipality_id
    and indicators.indicator_id = booked.indicator_id
    and delivered_months.month = booked.month
