with
kolada_values as (select * from {{ ref('int_kolada__indicator_value') }}),
own_figure_loads as (select * from {{ ref('int_own__figure_loads') }})

select distinct
    lineage_id,
    replace(lineage_id, 'kolada:', '') as load_id
from kolada_values

union all

select lineage_id, load_id
from own_figure_loads
