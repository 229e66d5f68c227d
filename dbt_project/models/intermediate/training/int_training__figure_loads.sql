with
training_values as (select * from {{ ref('int_training__value') }}),
loads as (select * from {{ ref('stg_loads__load') }} where source = 'training'),
lineages as (select distinct lineage_id, municipality_id from training_values)

-- First and last year end the lineage, four digits each.
select
    ---------- keys
    lineages.lineage_id, loads.load_id

from lineages
inner join loads
    on lineages.municipality_id = loads.municipality_id
    and loads.period between substr(lineages.lineage_id, length(lineages.lineage_id) - 8, 4)
    and substr(lineages.lineage_id, length(lineages.lineage_id) - 3, 4)
