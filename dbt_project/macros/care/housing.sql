{#- Which housing a service is: 'sabo' for older people, 'lss' for persons with disabilities; null for every other service. -#}
{% macro housing(service_id) -%}
    case
        when {{ service_id }} in ('gruppbostad', 'servicebostad', 'annan_sarskilt_anpassad_bostad') then 'lss'
        when {{ service_id }} = 'sarskilt_boende' then 'sabo'
    end
{%- endmacro %}
