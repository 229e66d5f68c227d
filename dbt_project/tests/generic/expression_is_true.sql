{#- `expression` holds for every row; a row where it is null fails as well, so say `... is null or ...` where that is meant. -#}
{% test expression_is_true(model, expression) %}
select 1 as failing_row
from {{ model }}
where case when {{ expression }} then 0 else 1 end = 1
{% endtest %}
