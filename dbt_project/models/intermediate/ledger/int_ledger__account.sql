-- Every account that the ledger has used or budgeted, with its line and account group. New accounts appear every month, so they
-- are mapped by interval; one that no interval covers stays, as `unmapped`, and is seen.
with
transactions as (select * from {{ ref('stg_ledger__transaction') }}),
budget as (select * from {{ ref('stg_ledger__budget') }}),
intervals as (select * from {{ ref('stg_config__account_interval') }}),

accounts as (
    select municipality_id, account from transactions
    union
    select municipality_id, account from budget
)

select
    ---------- ids
    accounts.municipality_id, accounts.account,
    coalesce(intervals.line_id, 'unmapped') as line_id,

    ---------- text
    coalesce(intervals.account_group, 'Konton utan rad') as account_group,
    substring(accounts.account, 1, 1) as account_class,

    ---------- booleans
    intervals.line_id is not null as is_mapped

from accounts
-- accounts have four or five digits: all are compared with five, an interval's end covering all that begin with it
left join intervals
    on accounts.municipality_id = intervals.municipality_id
    and rpad(accounts.account, 5, '0') >= rpad(intervals.first_account, 5, '0')
    and rpad(accounts.account, 5, '0') <= rpad(intervals.last_account, 5, '9')
