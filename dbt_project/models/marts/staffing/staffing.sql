-- Two scopes stand side by side and are never the same indicator: Kolada's figures about the whole municipality, and the
-- board's own, computed from its systems' rows.
with
kolada_figures as (select * from {{ ref('int_kolada__figure') }}),
own_figures as (select * from {{ ref('int_own__figure') }})

select
    {{ indicator_mart_columns() }}
from kolada_figures
where domain = 'staffing'

union all

select
    {{ indicator_mart_columns() }}
from own_figures
where domain = 'staffing'
