with
pulse_values as (select * from {{ ref('int_survey__pulse_value') }}),
patient_values as (select * from {{ ref('int_survey__patient_value') }}),
user_values as (select * from {{ ref('int_survey__user_value') }}),
loads as (select * from {{ ref('stg_loads__load') }} where source = 'survey'),

lineages as (
    select distinct
        'pulse' as table_name,
        municipality_id, lineage_id, first_year,
        cast(extract(year from period_end) as integer) as last_year
    from pulse_values
    union all
    select distinct
        'patients' as table_name,
        municipality_id, lineage_id, first_year,
        cast(extract(year from period_end) as integer) as last_year
    from patient_values
    union all
    select distinct
        'users' as table_name,
        municipality_id, lineage_id, first_year,
        cast(extract(year from period_end) as integer) as last_year
    from user_values
)

select
    ---------- keys
    lineages.lineage_id, loads.load_id

from lineages
inner join loads
    on lineages.municipality_id = loads.municipality_id
    and lineages.table_name = loads.table_name
    and loads.period between cast(lineages.first_year as {{ dbt.type_string() }}) and cast(lineages.last_year as {{ dbt.type_string() }})
