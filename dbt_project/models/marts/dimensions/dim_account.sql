with
accounts as (select * from {{ ref('int_ledger__account') }}),
lines as (select * from {{ ref('stg_config__statement_line') }})

select
    ---------- ids
    accounts.municipality_id, accounts.account, accounts.line_id,

    ---------- text
    accounts.account_class, accounts.account_group, lines.line,

    ---------- booleans
    accounts.is_mapped

from accounts
left join lines
    on accounts.municipality_id = lines.municipality_id
    and accounts.line_id = lines.line_id
