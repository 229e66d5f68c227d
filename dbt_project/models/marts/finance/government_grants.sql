-- Grants of the year beside the year before, with their sums (DEFINITIONS 4.7). What is printed is what was recognised. Grants of last year
-- that this year's register no longer holds keep their row: else last year's sum would hold more than its rows.
with
grants as (select * from {{ ref('stg_grants__grant') }}),
passed_on as (select * from {{ ref('stg_grants__passed_on') }}),
municipalities as (select * from {{ ref('int_municipality') }}),
years as (select distinct municipality_id, year from grants),

passed as (
    select
        municipality_id, year, grant_id,
        sum(amount) as passed_on
    from passed_on
    group by municipality_id, year, grant_id
),

ended as (
    select
        grants.municipality_id, years.year, grants.grant_id, grants.row_order, grants.grant_type, grants.grant_name,
        grants.payer,
        grants.recognised as previous_recognised
    from grants
    inner join years
        on grants.municipality_id = years.municipality_id
        and grants.year = years.year - 1
    left join grants as continued
        on grants.municipality_id = continued.municipality_id
        and grants.grant_id = continued.grant_id
        and continued.year = years.year
    where continued.grant_id is null
),

compared as (
    select
        grants.municipality_id, grants.year, grants.grant_id, grants.row_order, grants.grant_type, grants.grant_name,
        grants.payer, grants.applied, grants.awarded, grants.received, grants.recognised, grants.deferred,
        passed.passed_on, grants.repaid,
        previous.recognised as previous_recognised
    from grants
    left join passed
        on grants.municipality_id = passed.municipality_id
        and grants.year = passed.year
        and grants.grant_id = passed.grant_id
    left join grants as previous
        on grants.municipality_id = previous.municipality_id
        and grants.year = previous.year + 1
        and grants.grant_id = previous.grant_id

    union all

    select
        municipality_id, year, grant_id, row_order, grant_type, grant_name, payer,
        {%- for amount in ['applied', 'awarded', 'received', 'recognised', 'deferred', 'passed_on', 'repaid'] %}
        cast(null as decimal(18, 2)) as {{ amount }},
        {%- endfor %}
        previous_recognised
    from ended
),

with_sums as (
    select
        municipality_id, year,
        'grant' as row_kind,
        grant_id, row_order, grant_type, grant_name, payer, applied, awarded, received, recognised, deferred,
        passed_on, repaid, previous_recognised
    from compared
    {%- for kind, grant_type, label in [
        ('type', 'grant_type', 'grant_type'), ('total', 'cast(null as ' ~ dbt.type_string() ~ ')', "'Totalt'"),
    ] %}

    union all

    select
        municipality_id, year,
        '{{ kind }}' as row_kind,
        {{ no_text('grant_id') }},
        max(row_order) as row_order,
        {{ grant_type }} as grant_type,
        {{ label }} as grant_name,
        {{ no_text('payer') }},
        sum(applied) as applied,
        sum(awarded) as awarded,
        sum(received) as received,
        sum(recognised) as recognised,
        sum(deferred) as deferred,
        sum(passed_on) as passed_on,
        sum(repaid) as repaid,
        sum(previous_recognised) as previous_recognised
    from compared
    group by
        municipality_id,
        year{{ ',\n        grant_type' if kind == 'type' }}
    {%- endfor %}
)

select
    ---------- key and grant
    with_sums.municipality_id, municipalities.municipality, with_sums.year, with_sums.row_kind,
    with_sums.row_kind <> 'grant' as is_sum,
    with_sums.grant_id,
    cast(with_sums.row_order as integer) as row_order,
    with_sums.grant_type, with_sums.grant_name, with_sums.payer,

    ---------- the seven amounts
    {%- for amount in ['applied', 'awarded', 'received', 'recognised', 'deferred', 'passed_on', 'repaid'] %}
    cast(with_sums.{{ amount }} as double) as {{ amount }},
    {%- endfor %}

    ---------- the year before
    cast(with_sums.previous_recognised as double) as previous_recognised,
    cast(with_sums.recognised - with_sums.previous_recognised as double) as change,

    ---------- origin
    {{ register_lineage("'grants'", 'with_sums.municipality_id', 'with_sums.year') }} as lineage_id

from with_sums
left join municipalities on with_sums.municipality_id = municipalities.municipality_id
