{#- Every value that is there lies between `low` and `high` (both inclusive, either may be left out). -#}
{% test accepted_range(model, column_name, low=none, high=none) %}
select {{ column_name }}
from {{ model }}
where {{ column_name }} is not null
    and not (
        {% if low is not none %}{{ column_name }} >= {{ low }}{% else %}1 = 1{% endif %}
        and {% if high is not none %}{{ column_name }} <= {{ high }}{% else %}1 = 1{% endif %}
    )
{% endtest %}
