with
work_environment_values as (select * from {{ ref('int_work_environment__value') }}),
loads as (select * from {{ ref('stg_loads__load') }} where source = 'work_environment'),
lineages as (select distinct lineage_id from work_environment_values),

-- A figure rests on one year of one table.
load_lineages as (
    select
        load_id,
        'work_environment:' || municipality_id || ':' || table_name || ':' || period as lineage_id
    from loads
)

select
    ---------- keys
    lineages.lineage_id, load_lineages.load_id

from lineages
inner join load_lineages on lineages.lineage_id = load_lineages.lineage_id
