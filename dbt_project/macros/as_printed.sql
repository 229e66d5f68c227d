{#-
    A figure as it stands in a report: rounded half away from zero, on decimals and not on binary floats (DEFINITIONS G2). Only for
    judgements, which hold a printed outcome against a printed target; marts keep figures unrounded.
-#}
{% macro as_printed(value, decimals) -%}
    case {{ decimals }}
        {%- for places in range(4) %}
            when {{ places }} then cast(round(cast({{ value }} as decimal(28, 10)), {{ places }}) as double)
        {%- endfor %}
        end
{%- endmacro %}
