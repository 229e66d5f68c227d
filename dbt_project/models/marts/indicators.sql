{{ config(materialized='view') }}

{%- for domain in ['volumes', 'costs', 'quality', 'staffing'] %}
select
    '{{ domain }}' as domain,
    {{ indicator_mart_columns() }}
from {{ ref(domain) }}
{{ 'union all' if not loop.last }}
{%- endfor %}
