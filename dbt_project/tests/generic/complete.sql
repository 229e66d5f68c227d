{#- None of the columns is null. One test for all of them, since each test costs a round trip. -#}
{% test complete(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
where {{ columns | join(' is null or ') }} is null
{% endtest %}
