with
passed_on as (select * from {{ ref('stg_grants__passed_on') }}),
grants as (select * from {{ ref('stg_grants__grant') }}),
municipalities as (select * from {{ ref('int_municipality') }})

select
    passed_on.municipality_id, municipalities.municipality, passed_on.year, passed_on.grant_id, grants.grant_name,
    passed_on.recipient,
    cast(passed_on.amount as double) as amount,
    {{ register_lineage("'grants'", 'passed_on.municipality_id', 'passed_on.year') }} as lineage_id
from passed_on
left join grants
    on passed_on.municipality_id = grants.municipality_id
    and passed_on.year = grants.year
    and passed_on.grant_id = grants.grant_id
left join municipalities on passed_on.municipality_id = municipalities.municipality_id
