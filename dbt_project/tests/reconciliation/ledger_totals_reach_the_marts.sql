-- Per municipality and year: outcome and budget of every finance mart add up to staging's, unmapped accounts included. The
-- statement's sums are left out, since their parts are there.
with
staged as (
    select
        municipality_id, year,
        sum(actual) as actual,
        sum(budget) as budget
    from (
        select
            municipality_id, year,
            amount as actual,
            0 as budget
        from {{ ref('stg_ledger__transaction') }}

        union all

        select
            municipality_id, year,
            0 as actual,
            amount as budget
        from {{ ref('stg_ledger__budget') }}
    ) as entries
    group by municipality_id, year
),

published as (
    {%- for mart in ['operating_statement', 'operating_statement_by_unit', 'ledger_monthly'] %}
    select
        '{{ mart }}' as mart,
        municipality_id, year,
        coalesce(sum(actual), 0) as actual,
        coalesce(sum(budget), 0) as budget
    from {{ ref(mart) }}
    {{ 'where not is_sum' if mart != 'ledger_monthly' }}
    group by municipality_id, year
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

expected as (
    {%- for mart in ['operating_statement', 'operating_statement_by_unit', 'ledger_monthly'] %}
    select
        '{{ mart }}' as mart,
        municipality_id, year, actual, budget
    from staged
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    expected.mart, expected.municipality_id, expected.year,
    expected.actual as staged_actual,
    published.actual as published_actual,
    expected.budget as staged_budget,
    published.budget as published_budget
from expected
left join published
    on expected.mart = published.mart
    and expected.municipality_id = published.municipality_id
    and expected.year = published.year
where published.mart is null
    or abs(expected.actual - published.actual) >= 0.005
    or abs(expected.budget - published.budget) >= 0.005
