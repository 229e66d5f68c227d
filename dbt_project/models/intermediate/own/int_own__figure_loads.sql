-- The loads that each figure and row of a municipality's own deliveries rests on.

{%- for lineage in lineages() %}
select lineage_id, load_id
from {{ ref('int_' ~ lineage ~ '__figure_loads') }}
{{ 'union all' if not loop.last }}
{%- endfor %}
