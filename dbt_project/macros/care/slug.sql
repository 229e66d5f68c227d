{#- A delivered Swedish word as it stands in a breakdown: 'särskilt boende' becomes 'sarskilt_boende'. -#}
{% macro slug(text) -%}
    replace(replace(replace(replace(lower({{ text }}), ' ', '_'), 'å', 'a'), 'ä', 'a'), 'ö', 'o')
{%- endmacro %}
